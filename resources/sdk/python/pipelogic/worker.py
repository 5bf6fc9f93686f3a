"""The surface for components. Importing connects to the gateway, so that ``config`` has its values from the start.

    from pipelogic.worker import run, config

    def process(image):
        return {"label": classify(image["data"]), "confidence": float(config.floor)}

    run(process)

``subscribe(callback)`` calls back with the name and the value when a mutable parameter was given another value, once
``config`` has it and before the next invocation.
"""

from ._run import run
from ._session import config, connect_session, live_config

subscribe = live_config.subscribe

connect_session()

__all__ = ["run", "config", "subscribe"]
