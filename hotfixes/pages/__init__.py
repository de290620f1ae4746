"""What people see of hotfixes: their list, the page of one, its part of the incident, the forms."""
