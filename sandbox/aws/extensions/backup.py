"""AWS Backup: selections, vault policies and notifications, restore testing, a plan's update."""

import json
import uuid
from typing import Any

from moto.backup import urls
from moto.backup.models import Plan
from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult
from moto.core.utils import unix_time

from . import records
from .records import Recorded

GONE = "ResourceNotFoundException"


class Records(BackupResponse):  # type: ignore[misc]
    """The calls that moto's class lacks; their parameters are read by botocore's model."""

    def __init__(self) -> None:
        super().__init__()
        self.automated_parameter_parsing = True

    def create_backup_selection(self) -> ActionResult:
        """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupSelection.html."""
        given = dict(self._get_params())
        self.backup_backend.get_backup_plan(given["BackupPlanId"], None)
        id_ = str(uuid.uuid4())
        kept = records.store(self, SELECTION)
        kept[given["BackupPlanId"], id_] = {
            **given,
            **{key: given["BackupSelection"][key] for key in ("SelectionName", "IamRoleArn")},
            "SelectionId": id_,
            "CreationDate": unix_time(),
        }
        return ActionResult(kept[given["BackupPlanId"], id_])

    def create_restore_testing_plan(self) -> ActionResult:
        """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateRestoreTestingPlan.html."""
        given = dict(self._get_params())
        made = dict(given["RestoreTestingPlan"])
        name = made["RestoreTestingPlanName"]
        place = f"arn:aws:backup:{self.region}:{self.current_account}"
        made["RestoreTestingPlanArn"] = f"{place}:restore-testing-plan:{name}-{uuid.uuid4()}"
        made["CreationTime"] = unix_time()
        records.store(self, TESTING_PLAN)[(name,)] = {**made, "RestoreTestingPlan": made}
        if tags := given.get("Tags"):
            self.backup_backend.tag_resource(made["RestoreTestingPlanArn"], tags)
        return ActionResult(made)

    def update_restore_testing_plan(self) -> ActionResult:
        """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRestoreTestingPlan.html."""
        return self._update(TESTING_PLAN)

    def create_restore_testing_selection(self) -> ActionResult:
        """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateRestoreTestingSelection.html."""
        given = dict(self._get_params())
        plan = records.find(self, TESTING_PLAN)
        made = dict(given["RestoreTestingSelection"])
        made["RestoreTestingPlanName"] = given["RestoreTestingPlanName"]
        made["RestoreTestingPlanArn"] = plan["RestoreTestingPlanArn"]
        made["CreationTime"] = unix_time()
        key = (given["RestoreTestingPlanName"], made["RestoreTestingSelectionName"])
        records.store(self, TESTING_SELECTION)[key] = {**made, "RestoreTestingSelection": made}
        return ActionResult(made)

    def update_restore_testing_selection(self) -> ActionResult:
        """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRestoreTestingSelection.html."""
        return self._update(TESTING_SELECTION)

    def _update(self, noun: Recorded) -> ActionResult:
        record = records.find(self, noun)
        record[noun.noun].update(self._get_params()[noun.noun])
        record.update(record[noun.noun])
        return ActionResult(record)


SELECTION = Recorded(
    response=Records,
    service="backup",
    noun="BackupSelection",
    ids=("BackupPlanId", "SelectionId"),
    gone=GONE,
)
TESTING_PLAN = Recorded(
    response=Records,
    service="backup",
    noun="RestoreTestingPlan",
    ids=("RestoreTestingPlanName",),
    gone=GONE,
)
TESTING_SELECTION = Recorded(
    response=Records,
    service="backup",
    noun="RestoreTestingSelection",
    ids=("RestoreTestingPlanName", "RestoreTestingSelectionName"),
    gone=GONE,
)
VAULT_PARTS = tuple(
    Recorded(
        response=Records,
        service="backup",
        noun=noun,
        ids=("BackupVaultName",),
        arn="backup-vault:{BackupVaultName}",
        shown={"BackupVaultArn": "{arn}"},
        gone=GONE,
    )
    for noun in ("BackupVaultAccessPolicy", "BackupVaultNotifications")
)
RECORDED: tuple[Recorded, ...] = (SELECTION, TESTING_PLAN, TESTING_SELECTION, *VAULT_PARTS)
OWN = {
    name: call for name, call in vars(Records).items() if name.startswith(("create_", "update_"))
}


def install() -> None:
    """Give moto's class the calls it lacks, and its list of addresses theirs."""
    for name, call in OWN.items():
        setattr(Records, name, call)
    BackupResponse.update_backup_plan = update_backup_plan
    own = {
        "{0}/backup/plans/(?P<name>[^/]+)/selections/(?P<rest>.*)$": Records.dispatch,
        "{0}/backup-vaults/(?P<name>[^/]+)/access-policy$": Records.dispatch,
        "{0}/backup-vaults/(?P<name>[^/]+)/notification-configuration$": Records.dispatch,
        "{0}/restore-testing/(?P<rest>.+)$": Records.dispatch,
    }
    theirs = {path: call for path, call in urls.url_paths.items() if path not in own}
    urls.url_paths = {**own, **theirs}


def update_backup_plan(self: Any) -> str:
    """https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateBackupPlan.html."""
    plan = self.backup_backend.get_backup_plan(self.path.rstrip("/").split("/")[-1], None)
    document = json.loads(self.body)["BackupPlan"]
    changed = Plan(document, plan.creator_request_id, self.backup_backend)
    for kept in ("backup_plan_id", "backup_plan_arn", "creation_date"):
        setattr(changed, kept, getattr(plan, kept))
    self.backup_backend.plans[plan.backup_plan_id] = changed
    return json.dumps(changed.to_dict())
