"""A ready unit for the operator's scheduler: systemd, cron or Kubernetes. Pure: what to run and when in, text out."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import PurePath

from crawler.errors import SICK

#: Seconds that a scheduler waits after SIGTERM before it kills.
_TO_STOP = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be run, and when."""

    #: The nightdesk program, absolute.
    program: PurePath
    #: The archive's folder, absolute.
    folder: PurePath
    #: Time of the day, ``02:15``.
    at: str
    #: ``06:00``, or None.
    deadline: str | None = None
    #: User that the service runs as; None: whoever the scheduler runs it as.
    user: str | None = None

    @property
    def arguments(self) -> list[str]:
        """The command after the program."""
        until = ["--deadline", self.deadline] if self.deadline else []
        return ["nightly", "--archive", str(self.folder), *until]

    @property
    def clock(self) -> tuple[int, int]:
        """Hour and minute of ``at``."""
        hour, minute = self.at.split(":")
        return int(hour), int(minute)


def cron_line(plan: Plan) -> str:
    """A line for ``crontab -e``; cron reads a % as the end of the command."""
    hour, minute = plan.clock
    command = shlex.join([str(plan.program), *plan.arguments]).replace("%", r"\%")
    return f"{minute} {hour} * * *  {command}\n"


def systemd_units(plan: Plan) -> dict[str, str]:
    """File name → text, for /etc/systemd/system."""
    command = " ".join(map(_systemd_word, [str(plan.program), *plan.arguments]))
    user = f"User={plan.user}\n" if plan.user else ""
    service = f"""\
[Unit]
Description=nightdesk: crawl news sites into {_systemd_text(plan.folder)}
Wants=network-online.target
After=network-online.target time-sync.target

[Service]
Type=oneshot
ExecStart={command}
{user}# {SICK}: the night went well, some source is sick; the report says which
SuccessExitStatus={SICK}
TimeoutStopSec={_TO_STOP}
Nice=10
IOSchedulingClass=idle
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=strict
ReadWritePaths={_systemd_word(str(plan.folder))}
UMask=0027
"""
    timer = f"""\
[Unit]
Description=nightdesk every night at {plan.at}

[Timer]
OnCalendar=*-*-* {plan.at}:00
# A night that the machine slept through is made up for.
Persistent=true
RandomizedDelaySec=5min

[Install]
WantedBy=timers.target
"""
    return {"nightdesk.service": service, "nightdesk.timer": timer}


def _systemd_text(value: PurePath) -> str:
    return str(value).replace("%", "%%")


def _systemd_word(word: str) -> str:
    """A word of a command line as systemd reads it (systemd.service, "Command lines")."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or any(character.isspace() for character in word) else word


def kubernetes_manifest(plan: Plan, *, image: str, claim: str) -> str:
    """A CronJob that mounts the archive's volume at /archive. JSON, which is YAML."""
    hour, minute = plan.clock
    until = ["--deadline", plan.deadline] if plan.deadline else []
    container = {
        "name": "nightdesk",
        "image": image,
        # Kubernetes knows success and failure only, and a night with sick sources has done its work.
        "args": ["nightly", "--archive", "/archive", "--sick-status", "0", *until],
        "volumeMounts": [{"name": "archive", "mountPath": "/archive"}, {"name": "scratch", "mountPath": "/tmp"}],  # noqa: S108
        "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "4Gi"}},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
    }
    pod = {
        "restartPolicy": "Never",
        "terminationGracePeriodSeconds": _TO_STOP,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "fsGroup": 10001},
        "containers": [container],
        "volumes": [
            {"name": "archive", "persistentVolumeClaim": {"claimName": claim}},
            {"name": "scratch", "emptyDir": {}},
        ],
    }
    job = {"backoffLimit": 1, "template": {"spec": pod}}
    manifest = {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "nightdesk"},
        "spec": {
            "schedule": f"{minute} {hour} * * *",
            "concurrencyPolicy": "Forbid",
            "startingDeadlineSeconds": 3600,
            "successfulJobsHistoryLimit": 7,
            "failedJobsHistoryLimit": 7,
            "jobTemplate": {"spec": job},
        },
    }
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
