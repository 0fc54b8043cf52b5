"""The repositories of the CRM, by what they store."""

from ventros import CRM

REPOSITORIES = {repository.resource: repository for repository in CRM.repositories()}
