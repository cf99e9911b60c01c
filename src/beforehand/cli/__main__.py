"""`python -m beforehand.cli`."""

import sys

from beforehand.cli import main

sys.exit(main())
