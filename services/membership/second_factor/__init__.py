"""Second factors 双重验证: codes from a device somebody has, beside the password they know (M11)."""
