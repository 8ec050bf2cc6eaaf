#!/bin/sh
# Makes a user of each role, with a token, in the Kimai of ci/compose.yaml, writes actors.json, and prints the exports.
# Kimai has no command that makes API tokens, so they are written into its table. For throw-away instances alone.
set -eu

compose="${COMPOSE:-docker compose -f $(dirname "$0")/compose.yaml}"
actors="${1:-actors.json}"

console() {
    # shellcheck disable=SC2086 # the command is several words
    $compose exec -T kimai /opt/kimai/bin/console "$@" >&2
}

entries=""
for role in SUPER_ADMIN ADMIN TEAMLEAD USER; do
    name="conformance-$(printf '%s' "$role" | tr 'A-Z_' 'a-z-')"
    token="$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')"
    password="$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')"
    console kimai:user:create "$name" "$name@example.com" "ROLE_$role" "$password"
    console dbal:run-sql "INSERT INTO kimai2_access_token (user_id, token, name) \
        SELECT id, '$token', 'conformance' FROM kimai2_users WHERE username = '$name'"
    entry="{\"username\": \"$name\", \"password\": \"$password\", \"tokens\": [{\"name\": \"ci\", \"token\": \"$token\"}]}"
    entries="$entries${entries:+, }$entry"
done

(umask 077 && printf '{"users": [%s]}\n' "$entries" > "$actors")
echo "export KIMAI_URL=http://127.0.0.1:8001"
echo "export KIMAI_ACTORS=$actors"
