"""python -m zstandard: versions and backend."""

import zstandard

print(
    "zstandard %s, libzstd %s, backend %s"
    % (zstandard.__version__, ".".join(map(str, zstandard.ZSTD_VERSION)), zstandard.backend)
)
