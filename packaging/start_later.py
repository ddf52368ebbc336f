"""Modules that others import at the start and seldom or never use: read in when they are asked for something."""

LATER = frozenset(
    (
        "ast",
        "base64",
        "bz2",
        "difflib",
        "dis",
        "inspect",
        "json",
        "lzma",
        "pickle",
        "secrets",
        "subprocess",
        "tempfile",
        "traceback",
        "typing_extensions",
        "zipfile",
        # what help() tells of compiled functions; and what its functions are annotated with
        "numpy._core._add_newdocs",
        "numpy._core._add_newdocs_scalars",
        "numpy._typing",
        "numpy.typing",
        # what Qt says about arguments that are wrong; not .mapping, in which it looks without asking for anything
        "shibokensupport.signature.errorhandler",
        "shibokensupport.signature.layout",
        "shibokensupport.signature.lib.enum_sig",
        "shibokensupport.signature.lib.pyi_generator",
        "shibokensupport.signature.lib.tool",
        "shibokensupport.signature.parser",
    )
)
