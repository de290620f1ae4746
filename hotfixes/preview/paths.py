"""What a path is to who goes back: configuration, or a file that may hold secrets. By its name, never by content."""

import re

_SECRET = re.compile(
    r"(?:^|/)(?:\.env(?:\.(?!example|sample|template|dist)[^/]+)?|\.npmrc|\.netrc|\.pypirc|id_(?:rsa|dsa|ecdsa|ed25519)|"
    r"google-services\.json|googleservice-info\.plist|service[-_]?account[^/]*\.json|[^/]*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|asc))$"
    r"|(?:^|/)[^/]*(?:secret|credential|password)[^/]*$",
    re.IGNORECASE,
)
_CONFIG = re.compile(
    r"(?:^|/)(?:config|configs|conf|settings|deploy|deployment|k8s|kubernetes|helm|charts|terraform|ansible|nginx|systemd)/|"
    r"(?:^|/)(?:dockerfile[^/]*|docker-compose[^/]*|compose\.ya?ml|procfile|settings[^/]*\.py|[^/]*config\.(?:json|ya?ml|toml|js|ts|py)|"
    r"[^/]*\.(?:ini|conf|cfg|tf|tfvars|service|properties|env\.(?:example|sample|template|dist)))$",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?:^|/)(?:tests?|spec|docs?)/|\.(?:md|rst|txt)$", re.IGNORECASE)


def holds_secrets(path: str) -> bool:
    """Looks like it; tests and documents about secrets do not."""
    return bool(_SECRET.search(path)) and not _CODE.search(path)


def is_config(path: str) -> bool:
    return bool(_CONFIG.search(path)) and not holds_secrets(path) and not _CODE.search(path)
