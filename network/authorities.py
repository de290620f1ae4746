"""Which certificate authorities are trusted: the operator's file, else the machine's, else certifi's when
it is installed.
"""

import importlib.util
import os
import ssl
from functools import cache
from pathlib import Path

_USUAL = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


@cache
def bundle() -> str:
    """The path of a PEM file, or "" when the machine has none: then https is refused with a sentence, never
    left unverified.
    """
    named = (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile, *_USUAL)
    for path in named:
        if path and Path(path).is_file():
            return path
    found = importlib.util.find_spec("certifi")
    packaged = Path(found.origin).with_name("cacert.pem") if found and found.origin else None
    return str(packaged) if packaged and packaged.is_file() else ""
