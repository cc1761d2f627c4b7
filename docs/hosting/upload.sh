#!/bin/sh
# Uploads what `earmark publish --to FOLDER` wrote to web space, by rsync over ssh, the feed last.
#
#   sh upload.sh FOLDER USER@HOST:PATH [other options for rsync]
#
# You can stop it at any moment. Run it again, and it carries on where it stopped. Until its last step
# the old feed is public, and everything that it names is still there. It deletes nothing.
set -eu

if [ "$#" -lt 2 ]; then
    echo "usage: sh upload.sh FOLDER USER@HOST:PATH [more options for rsync]" >&2
    exit 2
fi
from=${1%/}
to=${2%/}
shift 2

if [ ! -f "$from/feed.xml" ] || [ ! -f "$from/catalogue.json" ]; then
    echo "error: $from has no feed.xml and catalogue.json; run \`earmark publish --to $from\` first" >&2
    exit 1
fi

# Every file is uploaded under another name and moved into place when it is complete; --delay-updates
# moves them all at the end, so that pages and what they link to change together. The rights are set
# because web servers run as another user.
send() {
    rsync --recursive --times --omit-dir-times --perms --chmod=Du=rwx,Dgo=rx,Fu=rw,Fgo=r --delay-updates "$@"
}

# First everything the feed names; then the catalogue; then the feed. .published/ stays here.
send --exclude=/.published/ --exclude=/feed.xml --exclude=/catalogue.json \
    --exclude='.*.part' --exclude=/.git/ "$@" "$from/" "$to/"
send "$@" "$from/catalogue.json" "$to/"
send "$@" "$from/feed.xml" "$to/"
