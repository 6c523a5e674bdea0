"""What `docker compose up` starts."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def test_compose_starts_postgresql_and_two_replicas_that_do_not_clash() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    qarun, postgres = services["qarun"], services["postgres"]
    assert qarun["read_only"] is True
    assert "volumes" not in qarun
    assert qarun["deploy"]["replicas"] == 2
    first, last = re.findall(r"(\d+)-(\d+):3000", qarun["ports"][0])[0]
    assert int(last) - int(first) + 1 == qarun["deploy"]["replicas"]
    assert qarun["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert postgres["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")
    # The data outlives the containers; the password comes from the environment alone.
    assert postgres["volumes"] == ["database:/var/lib/postgresql/data"]
    assert qarun["environment"]["QARUN_DATABASE_URL"] == "postgresql://qarun@postgres/qarun"
    for service, name in ((postgres, "POSTGRES_PASSWORD"), (qarun, "PGPASSWORD")):
        assert service["environment"][name].startswith("${POSTGRES_PASSWORD:?")
