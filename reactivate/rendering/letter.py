"""One quiet e-mail page around the body: readable in light and dark, footer and unsubscribe link by the host."""

from html import escape

import css_inline
from attrs import frozen

_CSS = """
body{margin:0;padding:16px 0 0;background:#f4f4f1;color:#1f2328}
.sheet{max-width:600px;margin:0 auto;padding:28px 28px 20px;background:#ffffff;
font:16px/1.55 Georgia,'Times New Roman',serif}
h1,h2,h3{font-weight:600;line-height:1.3;margin:0 0 14px}
h1{font-size:24px}h2{font-size:20px}h3{font-size:17px}
p,ul,ol,blockquote{margin:0 0 16px}
blockquote{padding-left:14px;border-left:3px solid #d0d0c8}
a{color:#1a5fb4}
.button{display:inline-block;padding:9px 18px;border-radius:6px;background:#1a5fb4;color:#ffffff;
font:15px/1.4 Arial,sans-serif;text-decoration:none}
hr{border:0;border-top:1px solid #dcdcd4;margin:20px 0}
.foot{max-width:600px;margin:0 auto;padding:16px 28px 28px;font:13px/1.5 Arial,sans-serif;color:#6a6f73}
.foot p{margin:0 0 6px}.foot a{color:#6a6f73}
.pre{display:none;max-height:0;overflow:hidden}
"""
_DARK = """@media (prefers-color-scheme:dark){body{background:#17191c!important}
.sheet{background:#212428!important;color:#e8e6e1!important}a{color:#8ab4f8!important}
.foot,.foot a{color:#9aa0a6!important}.button{color:#ffffff!important}}"""
_WORDS = {
    "en": ("Unsubscribe", "Change what we write about"),
    "ru": ("Отписаться", "Изменить, о чём вам писать"),
    "uk": ("Відписатися", "Змінити, про що вам писати"),
    "pl": ("Wypisz się", "Zmień, o czym piszemy"),
    "kk": ("Жазылымнан бас тарту", "Хат тақырыптарын өзгерту"),
    "be": ("Адпісацца", "Змяніць, пра што вам пісаць"),
    "de": ("Abmelden", "Themen ändern"),
}


@frozen
class Brand:
    """Who writes: the name people see, the legal line, the language of the footer's own words."""

    name: str
    footer: str = ""
    language: str = "en"


@frozen
class Links:
    """The host's links under a letter; None = not shown."""

    unsubscribe: str | None = None
    preferences: str | None = None


def page(body: str, subject: str, preheader: str | None, brand: Brand, links: Links) -> str:
    """The whole HTML letter around `body` (HTML), styles written into the elements."""
    pre = f'<div class="pre">{escape(preheader)}</div>' if preheader else ""
    foot = "".join(f"<p>{line}</p>" for line in _foot_html(brand, links))
    html = (
        f'<!DOCTYPE html><html lang="{escape(brand.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(subject)}</title><style>{_CSS}</style></head>"
        f'<body>{pre}<div class="sheet">{body}</div><div class="foot">{foot}</div></body></html>'
    )
    inlined = str(css_inline.inline(html, keep_style_tags=False, load_remote_stylesheets=False))
    return inlined.replace("</head>", f"<style>{_DARK}</style></head>", 1)


def text_foot(brand: Brand, links: Links) -> str:
    """The same footer for the text part."""
    leave, change = _words(brand)
    lines = ["-- ", brand.name, brand.footer]
    if links.preferences:
        lines.append(f"{change}: {links.preferences}")
    if links.unsubscribe:
        lines.append(f"{leave}: {links.unsubscribe}")
    return "\n".join(line for line in lines if line)


def _foot_html(brand: Brand, links: Links) -> list[str]:
    leave, change = _words(brand)
    shown = [(change, links.preferences), (leave, links.unsubscribe)]
    anchors = [f'<a href="{escape(url)}">{escape(word)}</a>' for word, url in shown if url]
    lines = [escape(brand.name), escape(brand.footer), " · ".join(anchors)]
    return [line for line in lines if line]


def _words(brand: Brand) -> tuple[str, str]:
    return _WORDS.get(brand.language, _WORDS["en"])
