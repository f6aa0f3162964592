"""The register of opened cases: a start is neither lost nor doubled, even when Temporal has forgotten the case."""
