"""What a Proofbench component in Python imports: ``from pipelogic.worker import run, config``."""

__version__ = "0.1.0"
