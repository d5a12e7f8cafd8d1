import ConsoleApp

Sipglass.main()
