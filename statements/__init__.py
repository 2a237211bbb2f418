"""From a case to a statement that is safe to publish: facts, drafts, review, approval, publication."""
