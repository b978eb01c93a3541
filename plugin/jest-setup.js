import './.config/jest-setup'
