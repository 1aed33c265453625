"""Start the server: `python run.py` does what `blazon serve` does."""

import sys


def main() -> None:
    try:
        from blazon.cli import main as blazon
    except ModuleNotFoundError as error:
        sys.exit(
            f"error: {sys.executable} has no {error.name}; `make run` installs what is missing and starts the server"
        )
    sys.argv[1:1] = ["serve"]
    blazon()


if __name__ == "__main__":
    main()
