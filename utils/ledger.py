"""``python -m utils.ledger`` prints the ledger, which lives in `utils.book.ledger`."""

import sys

from utils.book.ledger import main

if __name__ == "__main__":
    sys.exit(main())
