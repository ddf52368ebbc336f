"""The simulated plant: real OPC UA and Modbus servers over one process model, for demo, training and tests."""
