"""The names the recorded system goes by, shared by every module."""

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
CLUSTER = "chatscomm-ecs-cluster-prod"
DB_INSTANCE = "chatscomm-db-prod"
DB_LOG_GROUP = f"/aws/rds/instance/{DB_INSTANCE}/postgresql"
DATABASE = "chatwoot_production"
ROLE = "chatwoot"
DB_HOST = "10.0.20.15"
BASTION = "10.0.9.12"       # where people run migrations by hand


class Service:
    """One ECS service: its names, its task size and where its tasks listen."""

    def __init__(self, service, family, container, cpu_units, memory_mib, hosts):
        self.service = service
        self.family = family
        self.container = container
        self.log_group = f"/aws/ecs/{family}"
        self.cpu_units = cpu_units      # 1024 = one vCPU
        self.memory_mib = memory_mib
        self.hosts = hosts              # one address a task


WEB = Service("chatscomm-chatwoot-prod-web-service", "chatscomm-chatwoot-prod-web",
              "chatwoot", 256, 512, ["10.0.11.24", "10.0.12.87", "10.0.11.161"])
WORKER = Service("chatscomm-chatwoot-prod-worker", "chatscomm-chatwoot-prod-worker",
                 "sidekiq", 256, 512, ["10.0.12.40"])
AI = Service("chatscomm-ai-backend-prod", "chatscomm-ai-backend-prod",
             "ai-backend", 256, 512, ["10.0.11.200"])
SERVICES = [WEB, WORKER, AI]

WEB_THREADS = 10        # RAILS_MAX_THREADS, also the size of a task's connection pool
WORKER_THREADS = 10     # SIDEKIQ_CONCURRENCY
