as_account() { HOME=$DATA setpriv --reuid="$ACCOUNT" --regid="$ACCOUNT" --init-groups "$@"; }

keep_version() { # by further names of the same files: dpkg is about to take theirs away
    old=$(readlink "$ROOT/current" 2>/dev/null || true)
    rm -rf "$ROOT/versions/.kept" "$ROOT/.kept"
    [ -n "$old" ] && [ "$old" != "versions/$NEW" ] && [ -d "$ROOT/$old" ] || return 0
    cp -al "$ROOT/$old" "$ROOT/versions/.kept"
    echo "$old" >"$ROOT/.kept"
}
