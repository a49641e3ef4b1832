"""The attack lab: what people hold before a camera, or feed into it, to be taken for another."""
