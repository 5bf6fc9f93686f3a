"""The surface for components. Importing connects to the gateway, so that ``config`` has its values from the start.

    from pipelogic.worker import run, config

    def process(image):
        return {"label": classify(image["data"]), "confidence": float(config.floor)}

    run(process)
"""

from ._run import run
from ._session import config, connect_session

connect_session()

__all__ = ["run", "config"]
