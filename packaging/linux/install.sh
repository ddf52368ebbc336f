#!/bin/sh
# Puts @PLAIN@ @VERSION@ into a folder of the person who runs this: no rights of root are needed.
set -e
umask 077
SLUG=@SLUG@ NEW=@VERSION@
ROOT=$HOME/.local/opt/$SLUG
SHARE=${XDG_DATA_HOME:-$HOME/.local/share} CONFIG=${XDG_CONFIG_HOME:-$HOME/.config}
DATA=$SHARE/$SLUG
HERE=$(cd "$(dirname "$0")" && pwd) SERVICE=$SLUG.service
ACTION=install

usage() {
    cat <<EOF
$SLUG $NEW: installs, upgrades, goes back and removes without rights of root.

  sh FILE.run                        install, or upgrade: the records are backed up, the version before is kept
  sh FILE.run -- --root DIR          into another folder than $ROOT
  sh FILE.run -- --data DIR          with the records in another folder than $DATA
  sh FILE.run -- --service           and let the engine run when this person is signed in (systemd --user)
  sh FILE.run -- --roll-back         go back to the version before
  sh FILE.run -- --remove            remove the program; the records stay
EOF
}

while [ $# -gt 0 ]; do
    case "$1" in
    --root) ROOT=$2 && shift 2 ;;
    --data) DATA=$2 && ASKED=$2 && shift 2 ;;
    --service) SERVICED=1 && shift ;;
    --roll-back) ACTION=roll_back && shift ;;
    --remove) ACTION=remove && shift ;;
    --help | -h) usage && exit 0 ;;
    *) usage >&2 && exit 2 ;;
    esac
done
case "$ROOT$DATA" in *[\"\\\|\&]*)
    echo "$SLUG: a folder's name may hold none of \" \\ | &: nothing was changed" >&2
    exit 2
    ;;
esac
case "$ROOT" in /*) ;; *) ROOT=${USER_PWD:-$PWD}/$ROOT ;; esac
case "$DATA" in /*) ;; *) DATA=${USER_PWD:-$PWD}/$DATA ;; esac
# An upgrade goes on with the folder of records that the installation has.
kept=$(sed -n 's/^ *"data": *"\(.*\)",*$/\1/p' "$ROOT/place.json" 2>/dev/null || true)
[ -z "$kept" ] || [ -n "$ASKED" ] || DATA=$kept
grep -q "\"service\": \"$SERVICE\"" "$ROOT/place.json" 2>/dev/null && SERVICED=1
BACKUPS=$DATA.backups
@FUNCTIONS@
as_account() { "$@"; }

point() { # a link is made anew beside and renamed over the old one, so that there always is one
    ln -sfn "$2" "$ROOT/.$1" && mv -fT "$ROOT/.$1" "$ROOT/$1"
}

fill() {
    sed -e "s|%ROOT%|$ROOT|g" -e "s|%DATA%|$DATA|g" -e "s|%CONFIG%|$CONFIG|g" -e "s|%SERVICE%|${SERVICED:+$SERVICE}|g" \
        "$HERE/$1" >"$2"
}

put_in() {
    rm -rf "$ROOT/versions/$NEW.partial"
    mkdir -p "$ROOT/versions"
    if ! cp -a "$HERE/version" "$ROOT/versions/$NEW.partial"; then
        rm -rf "$ROOT/versions/$NEW.partial"
        say "there is no room in $ROOT: nothing was changed" && exit 1
    fi
    chmod -R u+rwX,go-w "$ROOT/versions/$NEW.partial"
    if ! "$ROOT/versions/$NEW.partial/app/hmi" --version >/dev/null; then
        rm -rf "$ROOT/versions/$NEW.partial"
        say "this version does not run on this computer (Debian 12, Ubuntu 22.04 or newer is needed): nothing was changed"
        exit 1
    fi
    sync
}

use() { # which version runs now, and which one before it is kept
    before=$(readlink "$ROOT/current" 2>/dev/null || true)
    [ -z "$before" ] || [ "$before" = "versions/$1" ] || point previous "$before"
    point current "versions/$1"
}

start_engine() {
    [ -e "$ROOT/.ran" ] || return 0
    rm -f "$ROOT/.ran"
    systemctl --user start "$SERVICE" || say "the engine did not start: systemctl --user status $SERVICE"
}

stop_user_engine() {
    ran=$(systemctl --user --quiet is-active "$SERVICE" 2>/dev/null && echo yes || true)
    [ -z "$ran" ] || systemctl --user stop "$SERVICE"
    stop_engine
    [ -z "$ran" ] || : >"$ROOT/.ran"
}

install_all() {
    if [ ! -e "$ROOT/place.json" ] && [ -n "$(ls -A "$ROOT" 2>/dev/null)" ]; then
        say "$ROOT holds something else: nothing was changed. Choose a folder of its own with --root" && exit 1
    fi
    mkdir -p "$ROOT"
    fill place.json "$ROOT/.place.json" && mv -f "$ROOT/.place.json" "$ROOT/place.json"
    put_in
    if [ -x "$ROOT/current/app/hmi" ]; then
        back_up
        stop_user_engine
    fi
    mkdir -p "$CONFIG/$SLUG" "$SHARE/applications" "$SHARE/icons/hicolor/@ICONFOLDER@/apps" "$HOME/.local/bin"
    [ ! -d "$HERE/trusted-keys" ] || cp -a "$HERE/trusted-keys" "$ROOT/"
    rm -rf "${ROOT:?}/versions/$NEW.old"
    [ ! -e "$ROOT/versions/$NEW" ] || mv -T "$ROOT/versions/$NEW" "$ROOT/versions/$NEW.old"
    mv -T "$ROOT/versions/$NEW.partial" "$ROOT/versions/$NEW"
    use "$NEW"
    for one in "$ROOT"/versions/*; do
        case "versions/${one##*/}" in "versions/$NEW" | "$(readlink "$ROOT/previous")") ;; *) rm -rf "$one" ;; esac
    done
    [ -e "$CONFIG/$SLUG/site.toml" ] || cp "$HERE/site.toml" "$CONFIG/$SLUG/site.toml"
    fill app.desktop "$SHARE/applications/$SLUG.desktop"
    cp "$HERE/@ICONFILE@" "$SHARE/icons/hicolor/@ICONFOLDER@/apps/$SLUG.@ICONTYPE@"
    ln -sfn "$ROOT/current/app/hmi" "$HOME/.local/bin/$SLUG"
    if [ -n "$SERVICED" ]; then
        mkdir -p "$CONFIG/systemd/user"
        fill user.service "$CONFIG/systemd/user/$SERVICE"
        systemctl --user daemon-reload && systemctl --user enable --now "$SERVICE" ||
            say "the service is written to $CONFIG/systemd/user/$SERVICE and could not be started here"
    fi
    start_engine
    say "$NEW is installed in $ROOT; start it with $HOME/.local/bin/$SLUG run. Its records are in $DATA"
}

roll_back() {
    before=$(readlink "$ROOT/previous" 2>/dev/null || true)
    if [ -z "$before" ] || [ ! -x "$ROOT/$before/app/hmi" ]; then
        say "there is no version before to go back to in $ROOT: nothing was changed" && exit 1
    fi
    stop_user_engine
    use "${before#versions/}"
    start_engine
    say "back at ${before#versions/}"
}

remove() {
    [ -e "$ROOT/place.json" ] || { say "there is no installation in $ROOT: nothing was changed" && exit 1; }
    stop_user_engine
    systemctl --user disable "$SERVICE" 2>/dev/null || true
    rm -f "$CONFIG/systemd/user/$SERVICE" "$SHARE/applications/$SLUG.desktop" "$HOME/.local/bin/$SLUG" \
        "$SHARE/icons/hicolor/@ICONFOLDER@/apps/$SLUG.@ICONTYPE@"
    for one in versions trusted-keys current previous place.json trial .ran; do rm -rf "${ROOT:?}/$one"; done
    rm -f "$ROOT"/update.* "$ROOT"/update-*.log "$ROOT"/engine.log
    rmdir "$ROOT" 2>/dev/null || say "what else is in $ROOT was left there"
    say "the program was removed; the records stay in $DATA, their backups in $BACKUPS, the settings in $CONFIG/$SLUG"
}

case $ACTION in install) install_all ;; roll_back) roll_back ;; remove) remove ;; esac
