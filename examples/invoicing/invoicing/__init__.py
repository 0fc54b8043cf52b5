"""The application invoicing, on the kernel of Ventros."""
