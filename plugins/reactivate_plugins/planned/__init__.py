"""Plug-ins named in the language and not built yet: `check` and `plan` know their settings, `run` refuses them."""

from collections.abc import Iterable
from typing import Literal

from attrs import frozen

from reactivate.api import ChannelType, Duration, Secret, SourceType, hookimpl, setting


@frozen
class AmoSettings:
    """amoCRM (Kommo): contacts, companies, leads."""

    account: str = setting("subdomain of the account, before .amocrm.ru", example="dvorokon")
    token: Secret = setting("long-lived token of a private integration", example="env:AMO_TOKEN")


@frozen
class BitrixSettings:
    """Bitrix24 by an incoming webhook."""

    url: Secret = setting("address of the incoming webhook, which holds its secret", example="env:B24_WEBHOOK")


@frozen
class SenderSettings:
    """A gateway for SMS."""

    token: Secret = setting("key of the account", example="env:SMS_TOKEN")
    sender: str = setting("sender name as registered with the gateway", example="GARAGE7")


@frozen
class MailerSettings:
    """A provider of e-mail."""

    token: Secret = setting("key of the account", example="env:UNIGO_TOKEN")
    sender: str = setting("address that letters come from", key="from", example="hello@shop.example")


@frozen
class TokenSettings:
    """A service that needs its key only."""

    token: Secret = setting("key of the account", example="env:TG_TOKEN")


@frozen
class PushSettings:
    """Web push (RFC 8030, VAPID)."""

    key: Secret = setting("private VAPID key", example="file:secrets/vapid")


@frozen
class TaskSettings:
    """Tasks for staff in Bitrix24."""

    url: Secret = setting("address of the incoming webhook, which holds its secret", example="env:B24_WEBHOOK")
    to: Literal["responsible"] | int = setting(
        "who gets the task: the responsible of the card, or a user id", default="responsible"
    )
    due: Duration = setting("time to do it", default=Duration(2, "d"), example="2d")


@hookimpl
def reactivate_sources() -> Iterable[SourceType]:
    return [
        SourceType(name="amocrm", summary="Read amoCRM (planned)", settings=AmoSettings, stability="planned"),
        SourceType(name="bitrix24", summary="Read Bitrix24 (planned)", settings=BitrixSettings, stability="planned"),
    ]


@hookimpl
def reactivate_channels() -> Iterable[ChannelType]:
    sms = {"smsc": "SMSC", "turbosms": "TurboSMS", "smsaero": "SMS Aero"}
    return [
        ChannelType(name="unisender_go", summary="Send by Unisender Go (planned)", settings=MailerSettings,
                    stability="planned", reaches="email"),
        *(ChannelType(name=name, summary=f"Send SMS by {label} (planned)", settings=SenderSettings, stability="planned",
                      reaches="sms") for name, label in sms.items()),
        ChannelType(name="telegram", summary="Write by a Telegram bot (planned)", settings=TokenSettings,
                    stability="planned", reaches="messenger"),
        ChannelType(name="web_push", summary="Push to browsers (planned)", settings=PushSettings, stability="planned",
                    reaches="push"),
        ChannelType(name="meta_audience", summary="Fill a Meta custom audience (planned)", settings=TokenSettings,
                    stability="planned", reaches="ads"),
        ChannelType(name="bitrix24_task", summary="Give staff a task in Bitrix24 (planned)", settings=TaskSettings,
                    stability="planned", reaches="staff"),
    ]  # fmt: skip
