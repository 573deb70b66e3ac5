"""Pipeline from texts or models to a verified run in the store, stage by stage."""

import os

# TensorFlow reads this when it is first imported: no messages on processors and drivers.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Waiting threads sleep. On an idle machine t-SNE is as fast either way; beside another program
# spinning doubles its time.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
