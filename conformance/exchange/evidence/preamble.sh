set -u
command -v curl >/dev/null || { echo 'curl is needed' >&2; exit 2; }
KIMAI_URL=${KIMAI_URL%/}
MARK="conformance-test-$(date +%s)$$"
NUMBER=K$(printf '%s' "$MARK" | cksum | head -c 6)
DIR=$(mktemp -d) || exit 2
: >"$DIR/made"
TAB=$(printf '\t')

ask() { # METHOD PATH BODY [curl's options], as JSON
  if [ -n "$3" ]; then send "$@" -H 'content-type: application/json' -H 'accept: application/json'
  else send "$@" -H 'accept: application/json'; fi
}

send() { # METHOD PATH BODY [curl's options]: leaves the answer in $DIR/head and $DIR/body, and $STATUS
  method=$1 url=$KIMAI_URL$2 body=$3 ASKED=${2%%\?*}; shift 3
  if [ -n "$body" ]; then set -- "$@" --data-binary @-; fi
  : >"$DIR/head"; : >"$DIR/body"
  STATUS=$(printf '%s' "$body" | curl -q -sSg ${KIMAI_CURL_OPTIONS:-} --path-as-is -X "$method" \
    -D "$DIR/head" -o "$DIR/body" -w '%{http_code}' "$@" "$url") || stop "no answer from $url"
}

say() { printf '%s\n' "$*"; }
stop() { say "$*" >&2; exit 3; }

values() { # the JSON of the answer, a line for each value: its path, a tab, the value
  LC_ALL=C awk '
    function blank() { while (i <= n && index(" \t\r\n", substr(s, i, 1))) i++ }
    function text(   b, c) {
      for (b = i++; i <= n && (c = substr(s, i, 1)) != "\""; i++) if (c == "\\") i++
      i++; return substr(s, b, i - b)
    }
    function value(path,   c, k, b, at) {
      blank(); c = substr(s, i, 1); b = i
      if (c == "{" || c == "[") {
        for (i++; i <= n; ) {
          blank(); k = substr(s, i, 1)
          if (k == "}" || k == "]" || k == "") { i++; break }
          if (k == ",") { i++; continue }
          if (c == "[") { value(path "[" (at++ + 0) "]"); continue }
          k = text(); blank(); i++
          value(path "." substr(k, 2, length(k) - 2))
        }
        if (i == b + 2) print path "\t" c k
        return
      }
      if (c == "\"") text(); else while (i <= n && !index(",]} \t\r\n", substr(s, i, 1))) i++
      if (i == b) i++
      print path "\t" substr(s, b, i - b)
    }
    { s = s $0 "\n" } END { n = length(s); i = 1; blank(); if (i <= n) value("") }' "$DIR/body"
}

made() { # PATH-BEFORE-THE-ID WHAT: takes the id out of the answer to a create, and notes what is to be deleted
  ID=$(values | sed -n "s/^\.id$TAB//p")
  case $STATUS/$ID in 2??/[0-9]*) ;; *) stop "$2 was not made: HTTP $STATUS $(head -c 300 "$DIR/body")" ;; esac
  echo "$1/$ID" >>"$DIR/made"
}

taken() { case $STATUS in 2??) ;; *) stop "$1: HTTP $STATUS $(head -c 300 "$DIR/body")" ;; esac; }

made_there() { # the ids of the records of the list that was asked for last, as far as this script made them
  while read -r path; do
    case $ASKED/ in "${path%/*}"/[0-9]*) ;; "${path%/*}"/*) printf '%s ' "${path##*/}" ;; esac
  done <"$DIR/made"
}

show() { # WHEN FIELD: what is judged of the answer
  printf '%-12s HTTP %s\n' "$1" "$STATUS"
  if [ -n "$2" ]; then
    { grep -i "^$2:" "$DIR/head" | tr -d '\r'
      values | awk -F'\t' -v field="$2" -v made="$(made_there)" '
        BEGIN { n = split(made, m, " "); for (i = 1; i <= n; i++) own[m[i]] = 1 }
        { row = match($1, /^\[[0-9]*\]/) ? substr($1, 1, RLENGTH) : ""
          p = $1; sub(/(\[[0-9]*\])+$/, "", p); sub(/.*\./, "", p) }
        row != "" && $1 == row ".id" { id[row] = $2; if ($2 in own) some = 1 }
        p == field { k++; line[k] = $1 " = " $2; of[k] = row }
        END { for (i = 1; i <= k; i++) if (!some || of[i] == "" || id[of[i]] in own)
          print line[i] (of[i] == "" ? "" : " (id " id[of[i]] ")") }'; } | head -n 20 | sed 's/^/    /' >"$DIR/shown"
    if [ -s "$DIR/shown" ]; then cat "$DIR/shown"; return; fi
  fi
  case $(head -c 1 "$DIR/body") in
    '[') values | grep -c '^\[[0-9]*\]\.id'"$TAB" | sed 's/^/    records: /'
         values | sed -n 's/^\[[0-9]*\]\.id'"$TAB"'//p' | head -n 60 | tr '\n' ' ' | sed 's/^/    ids: /'; echo
         made_there | sed 's/^/    made by this script: /'; echo ;;
    *) head -c 500 "$DIR/body" | sed 's/^/    /'; echo ;;
  esac
}

clean_up() {
  trap - EXIT; trap '' HUP INT TERM
  stop() { say "$*" >&2; }
  for path in $(sed '1!G;h;$!d' "$DIR/made"); do
    id=${path##*/}
    case $path in
      /api/users/*) ask PATCH "$path" '{"enabled": false}' "$@"
        echo "$path cannot be deleted through the API; disabled: HTTP $STATUS"; continue ;;
      /api/customers/$id) below="/api/timesheets?user=all&customer=$id /api/projects?visible=3&customer=$id" ;;
      /api/projects/$id) below="/api/timesheets?user=all&project=$id" ;;
      /api/activities/$id) below="/api/timesheets?user=all&activity=$id" ;;
      *) below= ;;
    esac
    # Nobody can book on what is hidden; what others put there meanwhile stays.
    if [ -n "$below" ]; then ask PATCH "$path" '{"visible": false}' "$@"; fi
    for list in $below; do
      ask GET "$list" '' "$@"
      case $STATUS/$(head -c 2 "$DIR/body") in
        200/'[]' | 404/*) ;;
        *) echo "$path stays: something hangs below it, see $list"; continue 2 ;;
      esac
    done
    ask DELETE "$path" '' "$@"
    case $STATUS in 204 | 404) ;; *) echo "$path stays: HTTP $STATUS" ;; esac
  done
  rm -rf "$DIR"
}
