"""Static files in production: compressed, and named by their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

BASE_PATTERNS = CompressedManifestStaticFilesStorage.patterns


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Our scripts import each other by those names too. (Django's own switch for it also reads other
    packages' scripts, and fails on files they mention in comments.)"""

    patterns = (
        *BASE_PATTERNS,
        (
            "js/*.js",
            (
                (r"""(?P<matched>from "(?P<url>\.\.?/[^"]+)";)""", 'from "%(url)s";'),
                (r"""(?P<matched>import "(?P<url>\.\.?/[^"]+)";)""", 'import "%(url)s";'),
                (r"""(?P<matched>import\("(?P<url>\.\.?/[^"]+)"\))""", 'import("%(url)s")'),
            ),
        ),
    )
