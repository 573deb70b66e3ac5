"""From text to a verified run in the store, one stage after the other."""

import os

# TensorFlow reads this when it is first imported; its notes on processors and drivers are no
# news to whoever waits for a model.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# Threads that wait for each other sleep. Alone on the machine t-SNE is as fast either way; beside
# another program spinning doubles its time.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
