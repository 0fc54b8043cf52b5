"""The statements of the kernel and of the CRM, asked what every application's are."""

from ventros import CRM, KERNEL
from ventros.testing import check_statements

TestKernel = check_statements(KERNEL)
TestCrm = check_statements(CRM)
