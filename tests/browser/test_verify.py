"""The page that checks certificates, in a real browser without a network: each kind of code gets its one sentence."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import segno

from tests.certificates import readers
