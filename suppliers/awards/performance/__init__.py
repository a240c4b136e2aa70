"""How suppliers do during a contract: rated with evidence, with a right of reply, shown to member schools."""
