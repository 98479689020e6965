# Every command lives in ./dev; make forwards to it.
%:
	@./dev $@ $(ARGS)
.PHONY: docs
