"""Protects what people see in a browser: report.html, and the results in Allure's own generators."""
