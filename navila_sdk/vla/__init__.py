"""NaVILA's vision-language model on plain transformers: checkpoint, prompt, network, decoding.

Nothing here imports torch or transformers until a network is built; prompt, tokens and trie serve models without
either, too.
"""
