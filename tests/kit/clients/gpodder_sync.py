"""Drives the sync class of Debian's gPodder without a window; run by Debian's own Python.

Arguments: a folder for its store, and a JSON text with server, user, password, device, feeds and
episodes (feed, file, from, to, total). It says as JSON what the class has left and received.
"""

import json
import sys
from types import SimpleNamespace

import gpodder

folder, told = sys.argv[1], json.loads(sys.argv[2])
gpodder.home = folder
from gpodder import my  # noqa: E402 - it looks for its folder as it is imported

device = SimpleNamespace(uid=told["device"], caption="a desk", type="desktop")
account = SimpleNamespace(
    enabled=True, server=told["server"], username=told["user"], password=told["password"],
    device=device,
)  # fmt: skip
client = my.MygPoClient(SimpleNamespace(mygpo=account, add_observer=lambda *_: None))
client.create_device()
client._store.save(my.SubscribeAction.add(url) for url in told["feeds"])
for feed, file, start, end, total in told["episodes"]:
    episode = SimpleNamespace(url=file, channel=SimpleNamespace(url=feed))
    client.on_playback_full(episode, start, end, total)
client._worker_proc(forced=True)
answer = {
    "enabled": account.enabled,
    "waiting": len(client._store.load(my.EpisodeAction))
    + len(client._store.load(my.SubscribeAction))
    + len(client._store.load(my.UpdateDeviceAction)),
    "received": [[each.episode_url, each.position]
                 for each in client._store.load(my.ReceivedEpisodeAction)],
    "subscribed": [each.url for each in client._store.load(my.ReceivedSubscribeAction)],
    "devices": client.get_devices() if account.enabled else [],
}  # fmt: skip
client._store.delete(my.ReceivedEpisodeAction)
print("ANSWER" + json.dumps(answer))  # noqa: T201 - its answer
