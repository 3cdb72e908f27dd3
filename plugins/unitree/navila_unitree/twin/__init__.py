"""The parts of digital twins: a simulated body in real time behind the vendor's services and topics."""
