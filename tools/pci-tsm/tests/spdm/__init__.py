# SPDX-License-Identifier: GPL-2.0
"""An SPDM stack for tests, written from the specifications alone.

It shares nothing with the C code that it tests, neither code nor constants: what both
agree on, they agree on because DSP0274, PCIe and X.509 say so. A requester speaks to a
responder in messages; what was said becomes evidence.
"""
