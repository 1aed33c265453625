"""Start the server: `python run.py` does what `blazon serve` does."""

import sys


def main() -> None:
    try:
        from blazon.cli import main as blazon
    except ModuleNotFoundError as error:
        sys.exit(f"error: {error.name} is not installed for {sys.executable}; `make run` installs and starts everything")
    sys.argv[1:1] = ["serve"]
    blazon()


if __name__ == "__main__":
    main()
