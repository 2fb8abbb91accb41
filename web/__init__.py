"""How it is served: the chat page, and what may pass to it."""

import os
import sys

# Gradio and huggingface_hub read these when first imported: nothing calls home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_RUN_HISTORY"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
# Else Gradio works out statistics of all events so far, in pandas, after every event.
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(sys.maxsize)
