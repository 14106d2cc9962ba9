using Hookseal.Bench;

switch (args)
{
    case ["plivo"]:
        PlivoV3.Run();
        break;
    case ["github"]:
        BodyMac.Run();
        break;
    case ["stripe"]:
        StripeSdk.Run();
        break;
    case ["decrypt"]:
        Decrypt.Run();
        break;
    case ["jwt"]:
        BearerJwt.Run();
        break;
    case ["startup"]:
        Startup.Run();
        break;
    case []:
        PlivoV3.Run();
        BodyMac.Run();
        StripeSdk.Run();
        Decrypt.Run();
        BearerJwt.Run();
        break;
    default:
        Console.Error.WriteLine($"no benchmark named {string.Join(' ', args)}: plivo, github, stripe, decrypt, jwt, startup");
        return 2;
}
return 0;
