"""The PyTorch comparison on a CUDA card: the same program, its model and batches made there.

  python torch_cuda.py ANCHOR.py train|tag --recipe ... (arguments as ANCHOR.py takes them)

NOTEGRAFT_TORCH_DEVICE names another device (cpu: to try this wrapper without a card). Lengths go back to the CPU where sequences are
packed, as PyTorch wants it; batches are made before the clock starts. The comparison's count of tokens waits for the card at every step.
"""
import os, runpy, sys
import torch
import torch.nn.utils.rnn as rnn

device = os.environ.get("NOTEGRAFT_TORCH_DEVICE", "cuda")
if device == "cuda" and not torch.cuda.is_available():
    sys.exit("PyTorch finds no CUDA card here.")
torch.set_default_device(device)

pack = rnn.pack_padded_sequence
rnn.pack_padded_sequence = lambda x, lengths, *rest, **named: pack(x, lengths.cpu(), *rest, **named)

sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
