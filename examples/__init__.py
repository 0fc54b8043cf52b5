"""Programs that use Ventros, as others would write them."""
