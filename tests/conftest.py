"""What every test can ask for."""

pytest_plugins = [
    "shared.testing.postgres",
    "shared.testing.rabbitmq",
    "shared.testing.redis",
    "shared.testing.services",
]
