"""Every read of group purchases."""
