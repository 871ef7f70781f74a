"""What messages of channels without a vendor's own rules may not have."""
