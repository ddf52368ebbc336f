say() { echo "@SLUG@: $*" >&2; }

running() { # the process of the engine, if one of this installation runs
    pid=$(sed -n 's/^ *"pid": *\([0-9]*\).*/\1/p' "$DATA/link.json" 2>/dev/null || true)
    [ -n "$pid" ] || return 0
    case "$(readlink "/proc/$pid/exe" 2>/dev/null) $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null)" in
    *"$ROOT"/*) echo "$pid" ;;
    esac
}

stop_engine() {
    rm -f "$ROOT/.ran"
    if [ -d /run/systemd/system ] && systemctl --quiet is-active "$SERVICE" 2>/dev/null; then
        : >"$ROOT/.ran"
        systemctl stop "$SERVICE"
    fi
    pid=$(running)
    [ -n "$pid" ] || return 0
    kill -TERM "$pid" 2>/dev/null || return 0
    waited=0
    while [ -n "$(running)" ]; do
        if [ "$waited" -ge 30 ]; then
            say "the engine (process $pid) does not end: nothing was changed. Stop it and install again"
            exit 1
        fi
        sleep 1
        waited=$((waited + 1))
    done
}

back_up() { # while the engine still runs: a plant goes without alarms for no longer than it must
    [ -e "$DATA/journal.db" ] && [ -z "$HMI_NO_BACKUP" ] || return 0
    install -d -m 0700 ${ACCOUNT:+-o "$ACCOUNT" -g "$ACCOUNT"} "$BACKUPS"
    file="$BACKUPS/before-$NEW.zip"
    [ ! -e "$file" ] || mv -f "$file" "$file.old"
    if ! as_account "$ROOT/current/app/hmi" backup "$file" --data "$DATA" --secrets >/dev/null; then
        say "the records could not be backed up into $BACKUPS: nothing was changed. Make room there, or set HMI_NO_BACKUP=1"
        exit 1
    fi
    say "the records were backed up into $file"
    (cd "$BACKUPS" && ls -1t before-*.zip* 2>/dev/null | tail -n +3 | while read -r old; do rm -f -- "$old"; done)
}
