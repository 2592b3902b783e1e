"""How often one client may ask: so many requests in any minute that passes."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

MINUTE = 60.0
SHARE = 0.1
MOST_CLIENTS = 20_000
NETWORK = 64


class Rate:
    """A moving window for each client, in memory alone.

    A client that has been quiet for a minute is forgotten as soon as anybody asks again, and the one that has
    been quiet longest where there are too many.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = most
        self.clock = clock
        self.clients: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until this client may ask again; 0 where it may now, and then the request counts."""
        now = self.clock()
        self.forget(now)
        client = client_of(address)
        times = self.clients.setdefault(client, deque())
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= self.most:
            return times[0] + MINUTE - now
        times.append(now)
        self.clients.move_to_end(client)
        return 0.0

    def charge(self, address: str, seconds: float) -> None:
        """Count a request that took long as several, so that nobody keeps the service busy by himself."""
        times = self.clients.get(client_of(address))
        if times:
            times.extend([self.clock()] * min(int(seconds / SHARE), self.most))

    def forget(self, now: float) -> None:
        while self.clients:
            client, times = next(iter(self.clients.items()))
            if times[-1] > now - MINUTE and len(self.clients) < MOST_CLIENTS:
                return
            del self.clients[client]


def client_of(address: str) -> str:
    """Whom an address belongs to: of IPv6 the network, since a client has all the addresses of it."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(IPv6Address(int(parsed) >> NETWORK << NETWORK))
