"""Events of the outbox to RabbitMQ."""
