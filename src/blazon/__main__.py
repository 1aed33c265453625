"""`python -m blazon` is the command `blazon`."""

from blazon.cli import main

if __name__ == "__main__":
    main()
